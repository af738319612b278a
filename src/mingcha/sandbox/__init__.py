"""What keeps a reading child in: as much as the host allows, found out by trying, and told in every inspection.

    landlock  which files, by the kernel's own rules       calls   which system calls, by seccomp
    guard     what is wrapped around the child (bubblewrap, memory cgroup) and what it is told to do itself
    attacks   what a hostile package might try, and whether it was contained: `mingcha doctor --sandbox`
"""
