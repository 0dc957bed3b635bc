"""The lake as Apache Iceberg tables (format 2), read and written through pyiceberg and pyarrow."""
