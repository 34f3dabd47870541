"""The programs: one file each, standard library alone, ended by whoever started them or after a minute."""
