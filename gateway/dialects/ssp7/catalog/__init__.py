"""The service catalog of the SSP7 dialect: calls that change it, and two reads."""
