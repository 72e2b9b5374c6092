// Tokens of links and sessions: drawn here, leave as they are, and are only ever stored and looked up as hashes.

import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits as 43 characters fit for an address. */
export const drawToken = (): string => randomBytes(32).toString('base64url')

/** 256 random bits cannot be guessed, so a plain hash protects them as well as a slow one. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')
