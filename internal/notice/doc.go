// Package notice tells people what happened that concerns them: on a page and the bell at once, and once a day in one letter.
// Nothing is told twice: a notice has a name of its own per person (once), so a repeated event or job adds nothing; a letter is
// one per person and local day, and what it held is marked in the transaction that sends it.
//
// Words: Notice (kabar), Letter (surel harian). Tables: notice_notice, notice_setting, notice_letter.
// A notice keeps the key of a text and its values, not the text, so that each person reads it in their own language.
// Nobody hears of their own act. Reading one's own notices leaves no audit entry: it changes nothing but one's own view.
package notice
