/** Text that is safe to put into a page as it is; only {@link html} makes it. */
class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text
  }
}

/** What {@link html} makes. */
export type Html = Markup

/** What may stand in a template: markup as it is, anything else escaped, nothing for `undefined`. */
export type HtmlValue = Html | string | number | bigint | undefined | readonly HtmlValue[]

const escaped: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A tag for templates: every value is escaped, in text as in quoted attributes, unless it is markup already. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Markup(
    strings.map((text, i) => text + (i < values.length ? show(values[i]) : '')).join(''),
  )
}

/** Text that stands in a page as it is: our own script and style. */
export function trusted(text: string): Html {
  return new Markup(text)
}

function show(value: HtmlValue): string {
  if (value === undefined) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(show).join('')
  return String(value).replace(/[&<>"']/g, (c) => escaped[c] ?? c)
}
