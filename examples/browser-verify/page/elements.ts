/** The element with this id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has no #${id}`)
  return element as T
}

/** A new element; its text is never markup. */
export function element(name: string, className: string, ...parts: (Node | string)[]): HTMLElement {
  const made = document.createElement(name)
  made.className = className
  made.append(...parts)
  return made
}
