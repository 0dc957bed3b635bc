/** Signs for the map, drawn on a canvas when the map first asks for one by its name.
 *
 * A name says it all: `shape|colour|flags|type`, flags: s simulated, g stale, b big (with the type's icon). */
import { colour } from "./chart.js";
import { types } from "./city.js";

const SCALE = 2;

const PATHS = {
  circle: (c, r) => c.arc(0, 0, r * 0.92, 0, Math.PI * 2),
  square: (c, r) => c.roundRect(-r * 0.84, -r * 0.84, r * 1.68, r * 1.68, r * 0.14),
  diamond: (c, r) => polygon(c, 4, r * 1.12, 0),
  triangle: (c, r) => { c.moveTo(0, -r * 1.08); c.lineTo(r * 1.08, r * 0.86); c.lineTo(-r * 1.08, r * 0.86); c.closePath(); },
  hexagon: (c, r) => polygon(c, 6, r * 1.08, 0),
  star: (c, r) => {
    for (let i = 0; i < 10; i += 1) {
      const size = i % 2 ? r * 0.52 : r * 1.2;
      const at = (Math.PI / 5) * i - Math.PI / 2;
      c.lineTo(Math.cos(at) * size, Math.sin(at) * size);
    }
    c.closePath();
  },
};

function polygon(c, corners, r, turn) {
  for (let i = 0; i < corners; i += 1) {
    const at = ((Math.PI * 2) / corners) * i - Math.PI / 2 + turn;
    c.lineTo(Math.cos(at) * r, Math.sin(at) * r);
  }
  c.closePath();
}

function paint(c, shape, r, fill, edge, width, rim = "") {
  c.beginPath();
  PATHS[shape](c, r);
  c.lineJoin = "round";
  c.lineWidth = width * 2;
  c.strokeStyle = edge;
  c.stroke();
  c.fillStyle = fill;
  c.fill();
  if (rim) {
    c.lineWidth = 1;
    c.strokeStyle = rim;
    c.stroke();
  }
}

function dashedRing(c, r, stroke) {
  c.beginPath();
  c.arc(0, 0, r, 0, Math.PI * 2);
  c.setLineDash([2.6, 2.2]);
  c.lineWidth = 1.3;
  c.strokeStyle = stroke;
  c.stroke();
  c.setLineDash([]);
}

function icon(c, type, fill, size) {
  c.save();
  c.scale(size / 15, size / 15);
  c.translate(-7.5, -7.5);
  c.fillStyle = fill;
  c.fill(new Path2D(types.get(type).icon));
  c.restore();
}

/** The picture of a sign, as the map's image list takes it. */
export function draw(name) {
  const [shape, given, flags, type] = name.split("|");
  const normal = given === "quiet";
  const [simulated, stale, big] = ["s", "g", "b"].map((flag) => flags.includes(flag));
  const r = big ? 11 : normal ? 3.6 : 7.5;
  const half = big ? 18 : normal ? 9 : 14;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = half * 2 * SCALE;
  const c = canvas.getContext("2d");
  c.scale(SCALE, SCALE);
  c.translate(half, half);
  const halo = colour("map-mark");
  const quiet = colour("map-quiet");
  const fill = normal ? (big ? colour("raised") : stale ? colour("line-2") : quiet) : given;
  if (stale) c.globalAlpha = 0.55;
  if (simulated) dashedRing(c, r + (big ? 4.5 : normal ? 3.2 : 4), normal || stale ? quiet : given);
  paint(c, shape, r, fill, big && normal ? quiet : halo, big && normal ? 1.2 : 1.6, normal ? "" : colour("sign-edge"));
  if (big) icon(c, type, normal ? colour("ink") : "#0b1114", 12.5);
  const { data, width, height } = c.getImageData(0, 0, canvas.width, canvas.height);
  return { image: { width, height, data }, options: { pixelRatio: SCALE } };
}

/** The name of the sign of a thing. */
export function signName(one, band, stale) {
  const normal = stale || one.rank === 0;
  const shape = normal ? (one.type.bands.length ? "circle" : one.type.shape) : band?.shape ?? "diamond";
  return `${shape}|${normal ? "quiet" : band?.colour ?? "#E69F00"}|${one.simulated ? "s" : ""}${stale ? "g" : ""}|${one.type.key}`;
}
