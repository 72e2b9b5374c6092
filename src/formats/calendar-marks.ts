// How holiday calendars say that an event is a day off or a make-up workday: Apple's property, a mark in the
// title (元旦（休）, 休｜元旦, 上班(补春节假期), Working day), a description. What may be either is said to be unclear.

export type Kind =
  | { readonly is: 'off' | 'working'; readonly by: 'property' | 'title' | 'description' }
  | { readonly is: 'observance' | 'unmarked' }
  | { readonly is: 'unclear'; readonly reason: string }

export interface Marks {
  /** The event's SUMMARY. */
  readonly title: string
  readonly description: string
  /** The event's X-APPLE-SPECIAL-DAY; empty where it has none. */
  readonly special: string
}

/** Tells the kind of an event by itself; what `unmarked` means depends on the others of its file. */
export function kindOf({ title, description, special }: Marks): Kind {
  if (special === 'WORK-HOLIDAY') return { is: 'off', by: 'property' }
  if (special === 'ALTERNATE-WORKDAY') return { is: 'working', by: 'property' }
  if (special !== '') return unclear(`X-APPLE-SPECIAL-DAY is ${special}, neither WORK-HOLIDAY nor ALTERNATE-WORKDAY`)
  return kindByTitle(title.normalize('NFKC')) ?? kindByDescription(description)
}

const workMark = /[([【|]\s*班\s*[)\]】|]|^班\s*[|:\s]|(?<!值)班$|补班|上班|加班|\b(working|work|make-?up)[ -]?(work)?(ing)?[ -]?day\b|\b(working|make-?up) (saturday|sunday)\b/i
const offMark = /[([【|]\s*休\s*[)\]】|]|^休\s*[|:\s]|(?<![调退])休$|放假|休假|休息|假期|公休|\bday off\b|\b(public|bank) holiday\b/i
// "上班(补春节假期)" is work and names the holiday that it is done for; "不上班" is no work.
const inLieu = /[(]补[^)]*[)]/g
const noWork = /(不用?|无需|无须)上班/g

function kindByTitle(title: string): Kind | undefined {
  const text = title.replace(inLieu, '').replace(noWork, '放假')
  const [works, off] = [workMark.test(text), offMark.test(text)]
  if (works && off) return unclear('Says both that it is off and that it is worked: write 休 or 班')
  if (works || off) return { is: works ? 'working' : 'off', by: 'title' }
  if (/半天|半日|half[ -]?day/i.test(text)) return unclear('Half a day: only whole days count. Mark it 休 or 班, or leave it out')
  if (text.includes('调休')) return unclear('调休 may mean the rest or the work for it: write 休 or 班')
  return /[休班]/.test(text) ? unclear('Names 休 or 班, but not as a mark: write it as 元旦（休） or 元旦（班）') : undefined
}

/** Public calendars that list both say under each event which it is. */
function kindByDescription(description: string): Kind {
  const text = description.normalize('NFKC').trim()
  if (/^(public|bank|federal|national) holiday\b|^(法定|公共|公众)(节假日|假期|假日)/i.test(text)) return { is: 'off', by: 'description' }
  return { is: /^(observance|season)\b|^(纪念日|节气)/i.test(text) ? 'observance' : 'unmarked' }
}

const unclear = (reason: string): Kind => ({ is: 'unclear', reason })

/**
 * Decides what the unmarked events of a file are. Where none is marked, each is a day off. Where Apple's property marks
 * some, the others are observances, as its calendars have them. Else they should have said it.
 */
export function settled(kind: Kind, all: readonly Kind[]): Exclude<Kind, { is: 'unmarked' }> {
  if (kind.is !== 'unmarked') return kind
  const told = all.filter((one) => one.is === 'off' || one.is === 'working')
  if (told.some((one) => 'by' in one && one.by === 'property')) return { is: 'observance' }
  if (told.length > 0 || all.some((one) => one.is === 'observance')) {
    return { is: 'unclear', reason: 'Neither off nor working, while other events of the file say it: mark it 休 or 班, or leave it out' }
  }
  return { is: 'off', by: 'title' }
}

/** Returns the title without its mark. */
export function unmarkedTitle(title: string): string {
  const text = title.normalize('NFKC').trim()
  const rest = text.replace(/\s*[([【]\s*[休班]\s*[)\]】]\s*/g, '').replace(/^[休班]\s*[|:\s]\s*|\s*[|:\s]\s*[休班]$/g, '').trim()
  return rest === '' ? text : rest
}
