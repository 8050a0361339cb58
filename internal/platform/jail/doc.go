// Package jail reads every foreign file in a process of its own: what a file can break is one reading, never the server.
//
// The program starts itself again as a reader, sends the file through a pipe and hears answers in bounded pieces. The reader
// has no environment, no network, may start nothing and open nothing except the folder of compiled code; address space,
// resident memory, processor time and the clock are bounded. One reader reads one file and is thrown away.
//
// A package that understands a kind of file names a Reader and hands it to Register in an init function. In the server that
// only notes the reader; in a process started as a reader it serves one file and never returns, so main is not reached and
// programs and tests need no call of their own.
//
// Words: reader (pembaca), a process that reads one file; fence, what the kernel forbids it; failure, why a file was not read.
package jail
