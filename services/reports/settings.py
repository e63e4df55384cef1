"""Settings of the reports service and its matcher, beside those that every service has."""

from pydantic import Field

from libs.runtime.settings import Settings as Common


class Settings(Common):
    gateway_url: str = "http://127.0.0.1:8400"
    """Where pictures are fetched from, until they lie in our own evidence store."""
    fetcher_url: str = "http://127.0.0.1:8409"
    archive_links: bool = True
    """Have copies made of pages that reports point to, where the office wants them. Off where no fetcher runs."""
    transcript_url: str = ""
    """Where recordings are turned into text (see `transcripts`); empty: nowhere."""
    transcript_within: float = Field(default=60.0, gt=0, le=80)
    """Seconds for one recording: less than a worker holds its report for."""
    placing: bool = True
    """Off only in the benchmark of the bare command loop: a received report is then not placed."""
    match_within: float = Field(default=2.0, gt=0)
    """Seconds that placing waits for the matcher before it goes on without."""
