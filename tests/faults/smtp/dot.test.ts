// Faults at the last dot and after it, and replies that are no replies, at the first attempt, at the third, and over a
// connection that was kept.

import { afterTheReply, atDot, replySyntax, slowReaders } from './dot-cases.ts'
import { playAll } from './matrix.ts'

playAll({
  'slow readers': slowReaders, 'at the dot': atDot, 'after the reply': afterTheReply, 'the syntax of replies': replySyntax,
}, ['first', 'third', 'kept'])
