"""Recordings of network traffic (HAR, mitmproxy flows, pcap, hook logs) → facts.

    sniff → a reader of the format → messages → unfold (containers, encodings) → seeds and shapes → facts
"""
