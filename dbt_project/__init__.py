"""The dbt project as a package: other rooms read its seeds (seed_rows.py), dbt reads the rest."""
