"""SOAP tool kits of other languages, each driven by a small script with the same contract."""
