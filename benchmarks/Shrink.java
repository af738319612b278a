import com.android.tools.r8.CompilationMode;
import com.android.tools.r8.D8;
import com.android.tools.r8.D8Command;
import com.android.tools.r8.OutputMode;
import com.android.tools.r8.R8;
import com.android.tools.r8.R8Command;
import com.android.tools.r8.origin.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Many archives through D8 and R8 in one virtual machine: starting one costs more than most archives do.
 *
 * <p>java -cp d8.jar Shrink.java LIBRARY.jar JOBS. A line of JOBS: d8|r8, archive, output.zip, rules (R8), by tabs. One line
 * per job on stdout: ok or failed, and the output.
 */
public class Shrink {
  public static void main(String[] args) throws Exception {
    Path library = Path.of(args[0]);
    for (String line : Files.readAllLines(Path.of(args[1]))) {
      String[] job = line.split("\t");
      try {
        if (job[0].equals("d8")) {
          D8.run(
              D8Command.builder()
                  .addProgramFiles(Path.of(job[1]))
                  .addLibraryFiles(library)
                  .setMinApiLevel(21)
                  .setMode(CompilationMode.RELEASE)
                  .setOutput(Path.of(job[2]), OutputMode.DexIndexed)
                  .build());
        } else {
          R8.run(
              R8Command.builder()
                  .addProgramFiles(Path.of(job[1]))
                  .addLibraryFiles(library)
                  .setMinApiLevel(21)
                  .setMode(CompilationMode.RELEASE)
                  .addProguardConfiguration(List.of(Files.readString(Path.of(job[3]))), Origin.unknown())
                  .setOutput(Path.of(job[2]), OutputMode.DexIndexed)
                  .build());
        }
        System.out.println("ok\t" + job[2]);
      } catch (Throwable e) {
        System.out.println("failed\t" + job[2] + "\t" + e.getMessage());
      }
      System.out.flush();
    }
    System.exit(0);
  }
}
