// Faults from the connection to the sign-in, at the first attempt and at the third.

import { playAll } from './matrix.ts'
import { atConnect, atGreeting, atSignIn, atTls } from './session-cases.ts'

playAll({ 'at the connection': atConnect, 'at the greeting': atGreeting, 'in encryption': atTls, 'at the sign-in': atSignIn }, ['first', 'third'])
