// What a person must look at because no mail can be trusted to say it.

/** A mail that was given up; the way out paused; numbers that do not add up; mail held after a restore; a clock that jumped. */
export const alarmKinds = ['mail-failed', 'channel-paused', 'conservation', 'quarantine', 'clock'] as const
export type AlarmKind = (typeof alarmKinds)[number]
