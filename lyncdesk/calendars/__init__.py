"""Where calendar items come from, behind the port `CalendarSource`."""
