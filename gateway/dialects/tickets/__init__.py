"""The tickets REST dialect: plain JSON for platforms that bill customers."""
