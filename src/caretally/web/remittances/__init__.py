"""What payers answer: files that came, denials, amounts that fall short, stricter checks."""
