"""Many inspections: the same read, judged and stored as one, for a folder as for a nation's stores.

    items      what is to be inspected, from a folder or a list, and the key of its content
    commit     one run per key, made once; what a crash left behind is found and mended
    journal    what was done with which file, so that going on costs no second reading
    lane       a process that inspects one item after the other with a resident reading child
    supervisor lanes on this machine: order, limits, retries, progress
    rejudge    stored facts under another catalogue or date, and what changes
    table      facts and results as Parquet by month; query: questions to them
    capacity   from counts and sizes to hours, bytes and machines
"""
