// Package calendar knows which days are working days in a regency, so that a promise such as "answered within ten working
// days" ends on the right day. The days of the joint decrees are shipped; a regency enters what it decides itself and what a
// later decree brings, and its own day always stands above the shipped one.
//
// Words: Holiday (libur nasional), Leave (cuti bersama), Local (libur daerah), Workday (hari kerja, a day declared working
// although it is a weekend or shipped as off), Set (all days of one regency), Complete (the decree of a year is entered).
// Tables: calendar_day, calendar_year (years somebody declared complete), calendar_stamp (one number per regency that grows
// with every change, so that other processes notice it).
// Rules: Keppres 8/2024 names the public holidays; the joint decree of three ministers (SKB) dates them and the leave of each
// year; Perpres 21/2023 art. 3: five working days, Monday to Friday.
// Rights: reading the list is calendar.read; Due, Left and Complete answer every room within the actor's regency, because a
// deadline is shown to whoever may see the thing that is due.
package calendar
