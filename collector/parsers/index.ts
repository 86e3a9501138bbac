import { ecs } from './ecs.ts'
import { exchange } from './exchange.ts'
import { fortigate } from './fortigate.ts'
import { linuxAuth } from './linux-auth.ts'
import { nginxAccess } from './nginx-access.ts'
import type { Parser } from './parser.ts'
import { syslog } from './syslog.ts'
import { windowsEvent } from './windows-event.ts'

/**
 * Every format, in the order asked; the first yes wins. Documents: the narrower form first. Text: by program, then by
 * first bytes; `syslog` takes every line with an envelope that nobody else knows.
 */
export const parsers: readonly Parser[] = [linuxAuth, fortigate, nginxAccess, exchange, windowsEvent, ecs, syslog]
