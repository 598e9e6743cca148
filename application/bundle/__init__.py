"""The auditors' bundle (docs/bundle.md): the whole log in one ZIP that can be checked without us."""
