"""The officer's desk for cases: the queue, a case with its next steps, the workload."""
