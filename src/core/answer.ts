// What people answer to a notice from their mail, and what an answer may do: quiet what can wait, and never
// the last two notices before a day nor anything after it.

/** What is answered to a notice. */
export const answerActions = ['acknowledge', 'snooze', 'done', 'not-mine'] as const
export type AnswerAction = (typeof answerActions)[number]

/** What a link in a mail is good for. */
export const linkActions = [...answerActions, 'confirm', 'unsubscribe'] as const
export type LinkAction = (typeof linkActions)[number]

/** How an answer came: a link proves only that somebody had the mail. */
export const vias = ['mail-link', 'page', 'command'] as const
export type Via = (typeof vias)[number]
