"""What the measures cite, by the keys of the rulebook's list; read on 2026-11-21.

The rulebook's own list holds only what a sheet cites, and no sheet rests on these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Cited(NamedTuple):
    """A source: who says what, and where."""

    title: str
    url: str


SOURCES: Mapping[str, Cited] = {
    "ABA24": Cited(
        "ABA Health eSource, RPM enforcement (Mar 2024)",
        "https://www.americanbar.org/groups/health_law/resources/esource/2024-march/"
        "remote-patient-monitoring-enforcement-initiatives/",
    ),
    "AGG": Cited(
        "Arnall Golden Gregory, new OIG report",
        "https://agg.com/news-insights/publications/new-oig-report-suggests-medicare-remote-"
        "patient-monitoring-services-may-face-increased-government-scrutiny",
    ),
    "AHA": Cited(
        "AHA news, OIG RPM report (27 Sep 2024)",
        "https://www.aha.org/news/headline/2024-09-27-oig-more-oversight-needed-remote-patient-"
        "monitoring-medicare",
    ),
    "COR21": Cited(
        "CY2021 PFS final rule correction, 86 FR 5020 (19 Jan 2021)",
        "https://govinfo.gov/content/pkg/FR-2021-01-19/html/2021-00805.htm",
    ),
    "D3RX": Cited(
        "d3rx, 99458", "https://d3rx.com/medicare/99458-rpm-treatment-management-additional"
    ),
    "DLA": Cited(
        "DLA Piper, OIG report on RPM",
        "https://dlapiper.com/en-us/insights/publications/2024/10/oig-report-recommends-oversight-"
        "for-remote-patient-monitoring-in-medicare",
    ),
    "FCAI": Cited(
        "FCA Insider, Health Wealth Safe settlement",
        "https://www.thefcainsider.com/2025/07/doj-targets-remote-patient-monitoring-company-in-"
        "1-29m-fca-settlement/",
    ),
    "HLA25": Cited(
        "Health Law Alliance, OIG 2025 snapshot: five metrics",
        "https://www.healthlawalliance.com/blog/oig-doubles-down-on-increased-oversight-for-rpm-"
        "in-new-report",
    ),
    "HLAFCA": Cited(
        "Health Law Alliance, RPM settlements roundup",
        "https://www.healthlawalliance.com/blog/rpm-roundup-compliance-insights-from-recent-"
        "remote-patient-monitoring-settlements",
    ),
    "HPN": Cited(
        "Healthcare Purchasing News, OIG report",
        "https://www.hpnonline.com/regulatory/news/55142906/oig-report-additional-oversight-of-"
        "remote-patient-monitoring-in-medicare-is-needed",
    ),
    "MCDON": Cited(
        "McDonald Hopkins, OIG RPM billing concerns (2025)",
        "https://www.mcdonaldhopkins.com/insights/news/oig-report-identifies-remote-patient-"
        "monitoring-billing-compliance-concerns",
    ),
    "MCGUIRE": Cited(
        "McGuireWoods, OIG RPM report (29 Sep 2025)",
        "https://blogs.mcguirewoods.com/2025/09/29/oig-issues-remote-patient-monitoring-report-"
        "billing-pitfalls-and-compliance-risks/",
    ),
    "NATLAW": Cited(
        "National Law Review, OIG spotlight on RPM (3 Sep 2025)",
        "https://natlawreview.com/article/oig-shines-spotlight-billing-remote-patient-monitoring",
    ),
    "NORDOC": Cited(
        "Noridian, documentation requirements: remote patient monitoring",
        "https://med.noridianmedicare.com/web/jeb/topics/documentation-requirements/remote-"
        "patient-monitoring",
    ),
    "PREVC": Cited(
        "Prevounce, RPM compliance FAQs (Mar 2025)",
        "https://blog.prevounce.com/remote-patient-monitoring-rpm-compliance-faqs",
    ),
    "RIVKIN": Cited(
        "Rivkin Rounds, CMS clarifies RPM reimbursement (Jan 2021)",
        "https://www.rivkinrounds.com/2021/01/cms-clarifies-rpm-reimbursement/",
    ),
    "RVUDOC": Cited(
        "RVUDoc, 99458 page", "https://www.rvudoc.com/tools/2026-medicare-conversion-factor"
    ),
}
