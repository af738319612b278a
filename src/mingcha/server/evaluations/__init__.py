"""Evaluations of sites and apps for older users (适老化及无障碍水平评测): scores that are verified, badges, spot checks."""
