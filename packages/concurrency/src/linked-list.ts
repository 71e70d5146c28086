/** One element of a {@link LinkedList}; pass it to `remove`. */
export interface ListNode<T> {
  readonly value: T
  previous: ListNode<T> | undefined
  next: ListNode<T> | undefined
  linked: boolean
}

/** A doubly linked FIFO whose every operation is O(1); a `Set` used as a FIFO skips its deleted entries on each look at its head. */
export class LinkedList<T> {
  #head: ListNode<T> | undefined
  #tail: ListNode<T> | undefined
  #size = 0

  /** Number of elements. */
  get size(): number {
    return this.#size
  }

  /** The oldest element's node; `undefined` when empty. */
  get head(): ListNode<T> | undefined {
    return this.#head
  }

  /** Appends a value and returns its node. */
  push(value: T): ListNode<T> {
    const node: ListNode<T> = { value, previous: this.#tail, next: undefined, linked: true }
    if (this.#tail === undefined) this.#head = node
    else this.#tail.next = node
    this.#tail = node
    this.#size += 1
    return node
  }

  /** Takes a node out; false when it was out already. */
  remove(node: ListNode<T>): boolean {
    if (!node.linked) return false
    if (node.previous === undefined) this.#head = node.next
    else node.previous.next = node.next
    if (node.next === undefined) this.#tail = node.previous
    else node.next.previous = node.previous
    node.previous = undefined
    node.next = undefined
    node.linked = false
    this.#size -= 1
    return true
  }

  /** Takes the oldest node out; `undefined` when empty. */
  shift(): ListNode<T> | undefined {
    const node = this.#head
    if (node !== undefined) this.remove(node)
    return node
  }
}
