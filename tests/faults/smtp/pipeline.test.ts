// Faults of a server that takes MAIL, RCPT and DATA in one go, at the first attempt and at the third.

import { inAPipeline } from './dot-cases.ts'
import { playAll } from './matrix.ts'

playAll({ 'in a pipeline': inAPipeline }, ['first', 'third'])
