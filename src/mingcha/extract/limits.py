"""Every limit that a reader enforces, in one table (design section 6).

Exceeding one is a `limitation` fact or a refused exhibit, never a hang and never an exception
that leaves `extract`. The figures follow the measured needs of real packages with room to
spare; the reason of each stands with it.
"""

from __future__ import annotations

from dataclasses import dataclass

KB = 1 << 10
MB = 1 << 20
GB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds, counts in items. Use `DEFAULT`, or `dataclasses.replace`."""

    # ---- archive -----------------------------------------------------------------------------
    archive: int = 4 * GB
    """One package file. ZIP without ZIP64 ends here, and so does libziparchive in practice."""
    entries: int = 300_000
    """Entries of one central directory; the largest apps seen have well under 100,000."""
    central_directory: int = 128 * MB
    """Bytes of the central directory that are copied and walked."""
    entry: int = 512 * MB
    """One inflated entry, where the caller names no smaller cap."""
    inflated: int = 6 * GB
    """All that is inflated for one subject, over all nesting levels."""
    ratio: int = 200
    """Inflated to compressed; above it an entry is noted, and refused if it also breaks a size."""
    ratio_floor: int = 4 * MB
    """Below this inflated size a high ratio is ordinary (runs of zeros) and not noted."""
    depth: int = 3
    """Archives inside archives."""
    splits: int = 64
    """Member packages of one APKS, XAPK or APKM."""
    nested: int = 2 * GB
    """All member packages of one subject held in memory at a time."""

    # ---- manifest and other XML --------------------------------------------------------------
    manifest: int = 8 * MB
    """One XML document, binary, text or protobuf."""
    xml_depth: int = 64
    """Open elements; deeper ones are skipped."""
    xml_elements: int = 200_000
    """Elements of one document."""
    xml_attributes: int = 1_000
    """Attributes of one element."""
    resync: int = 64 * KB
    """Bytes passed over in search of the next chunk after a broken one."""

    # ---- resources ---------------------------------------------------------------------------
    resources: int = 64 * MB
    """resources.arsc or resources.pb."""
    pool_strings: int = 4_000_000
    """Strings of one pool."""
    string: int = 256 * KB
    """Characters of one string that are decoded."""
    resource_chunks: int = 200_000
    """Type chunks indexed in one table."""
    reference_hops: int = 12
    """References followed from one resource to the next."""
    resource_values: int = 2_000
    """Configurations of one resource type."""

    # ---- code --------------------------------------------------------------------------------
    dex: int = 256 * MB
    """One DEX file."""
    dex_total: int = int(1.5 * GB)
    """All DEX files of one subject, inflated."""
    dex_files: int = 2_000
    """DEX files of one subject; the most seen in a real package are a few dozen."""
    jar: int = 256 * MB
    """One JAR of an AAR, inflated in memory."""
    class_file: int = 8 * MB
    """One class file; the JVM's own tables end far below."""

    # ---- native libraries --------------------------------------------------------------------
    native: int = 96 * MB
    """One shared library that is opened to read its imports."""
    native_total: int = 384 * MB
    """All shared libraries inflated for one subject; the rest is listed but not opened."""
    native_files: int = 1_000
    """Shared libraries opened."""
    native_symbols: int = 500_000
    """Dynamic symbols of one library looked at."""

    # ---- signatures --------------------------------------------------------------------------
    signature: int = 4 * MB
    """One PKCS#7 file or one value of the APK Signing Block."""
    signing_block: int = 64 * MB
    """The APK Signing Block as a whole."""
    signers: int = 32
    """Signers and certificates of one scheme."""
    certificate: int = 256 * KB
    """One certificate in DER."""

    # ---- traffic -----------------------------------------------------------------------------
    recording: int = 8 * GB
    """One recording; it is read as a stream, so only time bounds it in practice."""
    message: int = 32 * MB
    """One request, entry or flow held in memory; larger ones are passed over."""
    message_expanded: int = 8 * MB
    """All that is decompressed within one message."""
    message_leaves: int = 5_000
    """Values of one message looked at."""
    message_depth: int = 6
    """Encodings and containers inside one another; real reports have two or three."""
    json_depth: int = 64
    """Nesting of one JSON document."""
    packets: int = 20_000_000
    """Packets of one capture."""
    streams: int = 100_000
    """TCP connections told apart at a time."""
    stream: int = 8 * MB
    """Bytes of one direction of a connection kept for reassembly."""
    reassembly: int = 512 * MB
    """Bytes of all connections kept at a time."""
    # ---- policies and other texts ------------------------------------------------------------
    policy: int = 32 * MB
    """One file; the longest policies seen have some 100,000 characters, pictures make files larger."""
    policy_characters: int = 2_000_000
    """Characters of one text that are kept."""
    policy_part: int = 64 * MB
    """One inflated XML part of a Word file."""
    policy_pages: int = 400
    """Pages of one PDF file."""
    policy_nesting: int = 200
    """Open elements of a page or a Word file; what lies deeper is read as plain text."""
    policy_rows: int = 5_000
    """Rows of all tables of one text."""
    policy_columns: int = 40
    """Columns of one table, and cells that one may span."""
    policy_seconds: float = 40.0
    """CPU time for one PDF file, below the child's own limit, so that what was read is still told."""
    policy_recognition: float = 30.0
    """CPU time of it for optical recognition, some two and a half seconds a page; pages beyond stay unread."""

    # ---- walks through screens ---------------------------------------------------------------
    screen_index: int = 4 * MB
    """screens.json."""
    screens: int = 500
    """Screens of one walk."""
    screen_steps: int = 5_000
    """Steps of one walk."""
    screen_tree: int = 16 * MB
    """One node tree; real dumps have some hundred kilobytes."""
    screen_nodes: int = 20_000
    """Nodes of one tree."""
    screen_depth: int = 200
    """Nesting of one tree."""
    screen_string: int = 2_000
    """Characters of one text of a node."""
    screen_picture: int = 32 * MB
    """One picture as a file."""
    screen_pixels: int = 20_000_000
    """Pixels of one picture; the largest tablets have some five million."""

    # ---- facts -------------------------------------------------------------------------------
    facts_per_kind: int = 100_000
    """Facts of one kind from one exhibit."""
    notes_per_code: int = 20
    """Deviations of one code told one by one; the rest is counted."""
    detail: int = 300
    """Characters of a text copied from the subject into a detail."""

    # ---- process (set by whoever runs a reader in a child) -------------------------------------
    cpu_seconds: float = 60.0
    """CPU time of one subject."""
    wall_seconds: float = 180.0
    """Elapsed time of one subject."""
    address_space: int = 4 * GB
    """RLIMIT_AS of the child."""


DEFAULT = Limits()
