// Message-IDs as they come: from the log of a mail server, or of a mailbox that gets a copy of everything.

/**
 * Reads the Message-IDs of a text, any number on a line, as `bareMessageId` gives them. Angle brackets may be there or
 * not; what else stands on a line is passed over, and an address does no harm: no message has it for its ID.
 */
export function parseMessageIds(text: string): ReadonlySet<string> {
  return new Set(text.split(/\r\n|\r|\n/).flatMap((line) => line.match(/[^\s<>=,;:"'()[\]]+@[^\s<>=,;:"'()[\]]+/g) ?? []).map(bareMessageId))
}

/** Returns a Message-ID to be compared: without brackets, in small letters, since servers write hosts as they please. */
export const bareMessageId = (messageId: string): string => messageId.replace(/^<|>$/g, '').toLowerCase()
