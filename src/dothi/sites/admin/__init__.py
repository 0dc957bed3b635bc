"""The administrator's screens: what needs attention, and every part of the platform with what can be done."""
