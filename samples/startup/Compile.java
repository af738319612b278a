import com.android.tools.r8.ArchiveClassFileProvider;
import com.android.tools.r8.CompilationMode;
import com.android.tools.r8.D8;
import com.android.tools.r8.D8Command;
import com.android.tools.r8.OutputMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Class files to DEX for many packages in one process: Compile LIBRARY LIST. A line of LIST is
 * OUTPUT|MIN_API|FOLDER|FOLDER..., the folders holding class files. From API 26 on nothing is desugared: that platform
 * knows lambdas and default methods, and so must who reads them.
 */
public final class Compile {
    private static final int KEPT = 26;

    public static void main(String[] args) throws Exception {
        Path library = Path.of(args[0]);
        for (String line : Files.readAllLines(Path.of(args[1]), StandardCharsets.UTF_8)) {
            String[] parts = line.split("\\|");
            List<Path> classes = new ArrayList<>();
            for (int i = 2; i < parts.length; i++) {
                try (Stream<Path> files = Files.walk(Path.of(parts[i]))) {
                    files.filter(f -> f.toString().endsWith(".class")).sorted().collect(Collectors.toCollection(() -> classes));
                }
            }
            int api = Integer.parseInt(parts[1]);
            // A provider is closed with the command that it was given to.
            D8.run(D8Command.builder()
                    .setMode(CompilationMode.RELEASE)
                    .setMinApiLevel(api)
                    .setDisableDesugaring(api >= KEPT)
                    .addLibraryResourceProvider(new ArchiveClassFileProvider(library))
                    .addProgramFiles(classes)
                    .setOutput(Path.of(parts[0]), OutputMode.DexIndexed)
                    .build());
        }
    }
}
