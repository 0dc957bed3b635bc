"""Following an area and a kind of report: confirmed by a code, told once a day, left by a link."""
