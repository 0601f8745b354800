/// Ages, times and distances in words. Pure: the catalogue and the moment are handed in.

import type { Messages } from "./languages";

type Time = Messages["common"]["time"];

const two = (n: number): string => String(n).padStart(2, "0");

/** An age that counts: 0:07, 12:40, 1:02:09, 2 d. Never negative: clocks differ by a little. */
export function age(seconds: number, time: Time): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= 172_800) return time.days(Math.floor(whole / 86_400));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours) return `${hours}:${two(minutes)}:${two(whole % 60)}`;
  return `${minutes}:${two(whole % 60)}`;
}

/** A duration in rough words: 40 s, 7 min, 1 h 05. For ages of positions and times to arrival. */
export function span(seconds: number, time: Time): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 100) return time.seconds(whole);
  const minutes = Math.round(whole / 60);
  if (minutes < 100) return time.minutes(minutes);
  if (whole >= 172_800) return time.days(Math.floor(whole / 86_400));
  return time.hours(Math.floor(minutes / 60), two(minutes % 60));
}

/** A time to arrival as minutes and seconds: 4:20. */
export function eta(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
}

/** A range of times to arrival, in whole minutes outwards: 4–9 min. Empty where none is known. */
export function range(low_s: number | null | undefined, high_s: number | null | undefined, words: Messages["arrival"]): string {
  if (low_s === null || low_s === undefined || high_s === null || high_s === undefined) return "";
  return words.between(Math.max(0, Math.floor(low_s / 60)), Math.max(1, Math.ceil(high_s / 60)));
}

export function distance(metres: number, words: Messages["common"]["distance"], locale: string): string {
  if (metres < 950) return words.m(Math.round(metres / 10) * 10);
  const digits = metres < 9_950 ? 1 : 0;
  return words.km((metres / 1000).toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
}

/** Wall time of this screen's zone: 03:12:45. */
export function clockTime(instant: number, locale: string): string {
  return new Date(instant * 1000).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

/** Day and wall time of this screen's zone: 25/11/2026 03:12:45. */
export function moment(instant: number, locale: string): string {
  const day = new Date(instant * 1000).toLocaleDateString(locale, { day: "2-digit", month: "2-digit", year: "numeric" });
  return `${day} ${clockTime(instant, locale)}`;
}
