"""The ACMP helpdesk commands."""
