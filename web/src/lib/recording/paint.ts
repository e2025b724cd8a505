// Paints the visible stretch of the ice: pictures above, motion below, lit where it is kept.
import { columns, heightOf, type Motion } from '../ice/motion';
import { within, type Span } from '../ice/spans';
import { xOf, type View } from '../ice/view';
import type { Thumbnails } from './asks';
import { tileAt } from './sheet';

export interface Colours {
  frost: string;
  surface: string;
  lit: string;
  litSoft: string;
  inkSoft: string;
  line: string;
}

export interface Scene {
  view: View;
  duration: number;
  width: number;
  height: number;
  /** Height of the row of pictures. */
  film: number;
  parts: readonly Span[];
  chosen: number;
  motion: Motion | null;
  ceiling: number;
  threshold: number;
  sheet: Thumbnails | null;
  picture: HTMLImageElement | null;
  drawn: Span | null;
}

/** The page's colours as they are now. */
export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return { frost: of('--frost'), surface: of('--surface'), lit: of('--lit'), litSoft: of('--lit-soft'), inkSoft: of('--ink-soft'), line: of('--line') };
}

export function paint(context: CanvasRenderingContext2D, scene: Scene, colours: Colours): void {
  const { width, height, film } = scene;
  context.clearRect(0, 0, width, height);
  context.fillStyle = colours.frost;
  context.fillRect(0, 0, width, height);
  scratch(context, scene, colours);
  pictures(context, scene);
  const visible = visibleParts(scene);
  frostOver(context, scene, colours, visible);
  for (const { x, wide } of visible) {
    context.fillStyle = colours.litSoft;
    context.fillRect(x, film, wide, height - film);
  }
  curve(context, scene, colours, visible);
  frames(context, scene, colours, visible);
  if (scene.drawn) band(context, scene, colours, scene.drawn);
}

interface Visible {
  x: number;
  wide: number;
  index: number;
}

function visibleParts({ view, width, parts }: Scene): Visible[] {
  const [first, last] = within(parts, view.from, view.to);
  const found: Visible[] = [];
  for (let index = first; index < last; index++) {
    const x = xOf(view, width, parts[index]!.start);
    found.push({ x, wide: Math.max(2, xOf(view, width, parts[index]!.end) - x), index });
  }
  return found;
}

/** Skates leave fine lines on the ice; they move with it. */
function scratch(context: CanvasRenderingContext2D, { view, width, height, film }: Scene, colours: Colours): void {
  context.save();
  context.strokeStyle = colours.surface;
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  context.beginPath();
  const step = 14;
  const shift = ((view.from / (view.to - view.from)) * width) % step;
  for (let x = -height - shift; x < width + step; x += step) {
    context.moveTo(x, height);
    context.lineTo(x + (height - film) * 0.9, film);
  }
  context.stroke();
  context.restore();
}

function pictures(context: CanvasRenderingContext2D, scene: Scene): void {
  const { sheet, picture, view, width, film } = scene;
  if (!sheet || !picture || sheet.times_s.length === 0 || film === 0) return;
  const wide = (film * sheet.width_px) / sheet.height_px;
  const perPicture = ((view.to - view.from) / width) * wide;
  const first = Math.floor(view.from / perPicture);
  context.imageSmoothingQuality = 'high';
  for (let at = first; at * perPicture < view.to; at++) {
    const tile = tileAt(sheet, (at + 0.5) * perPicture);
    context.drawImage(picture, tile.x, tile.y, tile.width, tile.height, xOf(view, width, at * perPicture), 0, wide + 0.5, film);
  }
}

function frostOver(context: CanvasRenderingContext2D, scene: Scene, colours: Colours, visible: Visible[]): void {
  context.save();
  context.beginPath();
  context.rect(0, 0, scene.width, scene.film);
  for (const { x, wide } of visible) context.rect(x, 0, wide, scene.film);
  context.clip('evenodd');
  context.globalAlpha = 0.8;
  context.fillStyle = colours.frost;
  context.fillRect(0, 0, scene.width, scene.film);
  context.restore();
}

function curve(context: CanvasRenderingContext2D, scene: Scene, colours: Colours, visible: Visible[]): void {
  if (!scene.motion) return;
  const room = scene.height - scene.film;
  const speeds = columns(scene.motion, scene.view, scene.width);
  const path = new Path2D();
  path.moveTo(0, scene.height);
  for (let x = 0; x < speeds.length; x++) path.lineTo(x + 0.5, scene.height - 2 - heightOf(speeds[x]!, scene.ceiling) * (room - 8));
  path.lineTo(scene.width, scene.height);
  path.closePath();
  context.save();
  context.globalAlpha = 0.38;
  context.fillStyle = colours.inkSoft;
  context.fill(path);
  context.restore();
  context.save();
  const inside = new Path2D();
  for (const { x, wide } of visible) inside.rect(x, scene.film, wide, room);
  context.clip(inside);
  context.fillStyle = colours.litSoft;
  context.fill(path);
  context.globalAlpha = 0.9;
  context.fillStyle = colours.lit;
  context.fill(path);
  context.restore();
}

function frames(context: CanvasRenderingContext2D, scene: Scene, colours: Colours, visible: Visible[]): void {
  context.strokeStyle = colours.lit;
  for (const { x, wide, index } of visible) {
    const bold = index === scene.chosen ? 3 : 1.5;
    context.lineWidth = bold;
    if (wide > 12 || (index === scene.chosen && wide > 6)) context.strokeRect(x + bold / 2, bold / 2, wide - bold, scene.height - bold);
    else if (wide <= 3) {
      context.fillStyle = colours.lit;
      context.fillRect(x, 0, wide, scene.height);
    }
  }
}

function band(context: CanvasRenderingContext2D, scene: Scene, colours: Colours, span: Span): void {
  const x = xOf(scene.view, scene.width, span.start);
  const wide = xOf(scene.view, scene.width, span.end) - x;
  context.save();
  context.globalAlpha = 0.3;
  context.fillStyle = colours.lit;
  context.fillRect(x, 0, wide, scene.height);
  context.restore();
  context.strokeStyle = colours.lit;
  context.lineWidth = 2;
  context.setLineDash([6, 4]);
  context.strokeRect(x + 1, 1, wide - 2, scene.height - 2);
  context.setLineDash([]);
}
