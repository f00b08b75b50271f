"""What columns the tables have, from the models of `extract.schema`: for SQL, for machines (data package) and for people."""
