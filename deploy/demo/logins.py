"""Log-ins of the demo. They are public and open nothing but demo data on somebody's own machine."""

PASSWORD = "simpul-demo"  # noqa: S105
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
"""Base 32, for an authenticator app; `make code` prints the code of the moment."""

SHOWN = (
    ("Verifikator, Jombang", "kab-jombang", "verifier"),
    ("Penyetuju, Jombang", "kab-jombang", "approver"),
    ("Verifikator, Cirebon", "kota-cirebon", "verifier"),
    ("Penyetuju, Cirebon", "kota-cirebon", "approver"),
)
"""Who is named at the end of `make run`: (words, slug, role)."""
