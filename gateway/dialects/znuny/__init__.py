"""The Znuny dialect: the GenericInterface of a ticket system, as SOAP and as REST."""
