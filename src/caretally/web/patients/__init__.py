"""The list of patients, and the page of one."""
