// Faults from MAIL to the end of the body, at the first attempt, at the third, and over a connection that was kept.

import { atData, atMail, atRcpt, inTheBody } from './envelope-cases.ts'
import { playAll } from './matrix.ts'

playAll({ 'at MAIL': atMail, 'at RCPT': atRcpt, 'at DATA': atData, 'in the body': inTheBody }, ['first', 'third', 'kept'])
