"""Photos of reports: checked, turned upright, stripped of what the camera wrote, made public only without faces and plates."""
