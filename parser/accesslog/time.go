package accesslog

import "time"

// clfTime reads 02/Jan/2006:15:04:05 -0700, the only form in which Apache writes %t, and how many seconds the zone is
// east of UTC. 0 is no time.
func clfTime(s string) (t, east int64) {
	if len(s) != len("02/Jan/2006:15:04:05 -0700") || s[2] != '/' || s[6] != '/' || s[11] != ':' || s[20] != ' ' {
		return 0, 0
	}
	day, ok1 := number(s[:2])
	year, ok2 := number(s[7:11])
	hour, ok3 := number(s[12:14])
	minute, ok4 := number(s[15:17])
	second, ok5 := number(s[18:20])
	zone, ok6 := number(s[22:26])
	month := monthOf(s[3:6])
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6) || month == 0 {
		return 0, 0
	}
	offset := (zone/100*60 + zone%100) * 60
	if s[21] == '-' {
		offset = -offset
	}
	return days(year, month, day)*86400 + hour*3600 + minute*60 + second - offset, offset
}

// monthOf returns 1 to 12 for an English abbreviation, 0 for anything else.
func monthOf(s string) int64 {
	const months = "JanFebMarAprMayJunJulAugSepOctNovDec"
	for i := 0; i < len(months); i += 3 {
		if months[i:i+3] == s {
			return int64(i/3 + 1)
		}
	}
	return 0
}

// days counts from 1970-01-01, by the rule of the Gregorian calendar with years that begin in March.
func days(year, month, day int64) int64 {
	if month <= 2 {
		year, month = year-1, month+12
	}
	// 719468 days lie between March 1st of the year 0 and 1970. A day of a year that begins in March is a matter of
	// arithmetic: its months are 31, 30, 31, 30, 31 days long, again and again, and the day that a leap year adds is
	// its last.
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 719468
}

// anyTime reads the forms in which JSON logs write a time, as clfTime does.
func anyTime(s string) (at, east int64) {
	if at, east = clfTime(s); at != 0 {
		return at, east
	}
	// The last of these names no zone and is taken for UTC.
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			_, offset := t.Zone()
			return t.Unix(), int64(offset)
		}
	}
	return 0, 0
}
