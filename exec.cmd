@rem npm start: what exec is to a POSIX shell, for cmd.exe (see cli/npm-parent.ts)
@%*
