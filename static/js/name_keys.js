// Search keys of Mongolian names, as core/mongolian.py makes them: Мөнхбат, Munkhbat, Monkhbat and Munhbat all give "munhbat".
// A test compares the two on hundreds of names.

const LETTERS = {
  а: "a", б: "b", в: "v", г: "g", д: "d", е: "ye", ё: "yo", ж: "j", з: "z", и: "i", й: "i", к: "k", л: "l", м: "m", н: "n", о: "o",
  ө: "ö", п: "p", р: "r", с: "s", т: "t", у: "u", ү: "ü", ф: "f", х: "kh", ц: "ts", ч: "ch", ш: "sh", щ: "sh", ъ: "i", ы: "y", ь: "i",
  э: "e", ю: "yu", я: "ya", ә: "a", ғ: "g", қ: "k", ң: "n", һ: "h", і: "i", ұ: "u", є: "ö", ї: "ü", ѳ: "ö", θ: "o", ɵ: "o", ӧ: "ö",
  ӱ: "ü", č: "ch", š: "sh", ž: "zh", ø: "o", œ: "o", ł: "l", đ: "d", æ: "e", ı: "i", w: "v", q: "k",
};
// Latin letters that stand in a Cyrillic word by mistake.
const TWINS = { a: "а", b: "в", c: "с", e: "е", h: "н", k: "к", m: "м", o: "о", p: "р", t: "т", x: "х", y: "у", u: "и" };

const isCyrillic = (text) => (text.match(/[\u0400-\u052f]/g) ?? []).length > (text.match(/[a-zà-öø-ɏ]/gi) ?? []).length;

export function fold(text) {
  let word = text.normalize("NFC").toLowerCase();
  word = word.replace(/\p{L}+/gu, (run) => (isCyrillic(run) ? [...run].map((letter) => TWINS[letter] ?? letter).join("") : run));
  let key = [...word].map((letter) => LETTERS[letter] ?? letter).join("");
  key = key.normalize("NFKD").replace(/[^a-z]+/g, "");
  if (!key) return word.replace(/[\P{L}]/gu, "");
  if (key.includes("vv")) key = key.replace(/(?<![aeiouy])vv(?=sh)/g, "uv").replace(/(?<![aeiouy])vv/g, "u");
  key = key.replace(/(?<![gk])[gk]+h|x/g, "h");
  key = key.replaceAll("zh", "j").replaceAll("dj", "j").replaceAll("dz", "z").replaceAll("tz", "ts");
  key = key.replaceAll("ch", "1").replaceAll("sh", "2").replaceAll("ts", "c");
  key = key.replace(/(?<!t)t+c/g, "c").replaceAll("y", "i");
  key = key.replace(/(.)\1+/g, "$1").replaceAll("ie", "e").replaceAll("o", "u");
  return key.replace(/(.)\1+/g, "$1");
}

// Keys under which a name begun with this text may be kept: while "ts" is typed, "t" must already find ц.
export function foldPrefixes(text) {
  const key = fold(text);
  if (!key) return [];
  const prefixes = new Set([key]);
  for (const letter of isCyrillic(text) ? "хсзжцэ" : "hszjev") {
    const longer = fold(text + letter);
    if (longer !== key + fold(letter)) prefixes.add(longer);
  }
  return [...prefixes];
}

// Whether each word of a query begins one of somebody's keys, or stands in the institution's name.
export function fits(query, keys, institution) {
  const words = query.trim().split(/\s+/).filter(Boolean);
  return words.every((word) => {
    const prefixes = foldPrefixes(word);
    return prefixes.some((prefix) => keys.some((key) => key.startsWith(prefix))) || institution.toLowerCase().includes(word.toLowerCase());
  });
}
