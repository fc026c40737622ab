"""The SSP7 dialect: the workflow service through which service providers answer."""
