"""An optional executor: the exported BPMN run by SpiffWorkflow, as the oracle of a differential test.

The library comes with the test extra; nothing of the platform imports this package.
"""
