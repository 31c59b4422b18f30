/** A block of rich text as a line of Markdown (code: several lines between fences). One block, one line: what is empty is an empty paragraph. */
export interface Block {
  /** BlockNote's name of its kind. */
  readonly type: string
  /** How deep it lies in other blocks. */
  readonly depth: number
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** Its text with marks as Markdown. */
  readonly text: string
}

const MAX_HEADING = 6
const INDENT = '  '

/** How a block is written. */
export function writeBlock({ attributes, depth, text, type }: Block): string {
  const indent = INDENT.repeat(depth)
  switch (type) {
    case 'heading':
      return `${indent}${'#'.repeat(levelOf(attributes['level']))} ${text}`
    case 'bulletListItem':
    case 'toggleListItem':
      return `${indent}- ${text}`
    case 'numberedListItem':
      return `${indent}1. ${text}`
    case 'checkListItem':
      return `${indent}- [${isTrue(attributes['checked']) ? 'x' : ' '}] ${text}`
    case 'quote':
      return `${indent}> ${text}`
    case 'divider':
      return `${indent}---`
    case 'codeBlock':
      return `${indent}\`\`\`${String(attributes['language'] ?? '')}\n${text}\n${indent}\`\`\``
    default:
      return `${indent}${text}`
  }
}

function levelOf(value: unknown): number {
  const level = Number(value)
  return Number.isInteger(level) && level >= 1 && level <= MAX_HEADING ? level : 1
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}

interface Shape {
  readonly pattern: RegExp
  readonly block: (match: RegExpExecArray) => Pick<Block, 'type' | 'attributes' | 'text'>
}

const SHAPES: readonly Shape[] = [
  {
    pattern: /^(#{1,6}) (.*)$/,
    block: ([, marks = '', text = '']) => ({ type: 'heading', attributes: { level: marks.length }, text }),
  },
  {
    pattern: /^[-*] \[([ xX])\] (.*)$/,
    block: ([, mark, text = '']) => ({ type: 'checkListItem', attributes: { checked: mark !== ' ' }, text }),
  },
  { pattern: /^[-*] (.*)$/, block: ([, text = '']) => ({ type: 'bulletListItem', attributes: {}, text }) },
  { pattern: /^\d+\. (.*)$/, block: ([, text = '']) => ({ type: 'numberedListItem', attributes: {}, text }) },
  { pattern: /^> (.*)$/, block: ([, text = '']) => ({ type: 'quote', attributes: {}, text }) },
  { pattern: /^(?:---|\*\*\*)$/, block: () => ({ type: 'divider', attributes: {}, text: '' }) },
]

/** The blocks of a text, one a line. A last line end ends the last line and makes no further block. */
export function parseBlocks(text: string): readonly Block[] {
  if (text === '') return []
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split(/\r?\n/)
  const blocks: Block[] = []
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    const [, spaces = '', rest = ''] = /^( *)(.*)$/s.exec(line) ?? []
    const depth = Math.floor(spaces.length / INDENT.length)
    const fence = /^```(.*)$/.exec(rest)
    const end = fence === null ? -1 : lines.findIndex((other, at) => at > i && other.trim() === '```')
    if (fence !== null && end > i) {
      const attributes = fence[1] === undefined || fence[1] === '' ? {} : { language: fence[1] }
      blocks.push({ type: 'codeBlock', depth, attributes, text: lines.slice(i + 1, end).join('\n') })
      i = end
    } else blocks.push(parseLine(rest, depth))
  }
  return blocks
}

function parseLine(line: string, depth: number): Block {
  for (const { block, pattern } of SHAPES) {
    const match = pattern.exec(line)
    if (match !== null) return { depth, ...block(match) }
  }
  return { type: 'paragraph', depth, attributes: {}, text: line }
}
