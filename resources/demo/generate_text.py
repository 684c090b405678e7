#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the texts of the bundled models: short passages about a small world.

Every passage tells several facts (who has which object, where a thing was left, a number, a
password, who met whom ...) and comes back to them later. The words of a passage that are fixed by
what it said before are its *recalled* words; their byte spans go into a JSON sidecar, so that the
loss on them can be told apart from the loss on the rest.

    generate_text.py SPLIT BYTES OUT.txt

writes at least BYTES bytes of whole passages of SPLIT (plain, lessons, train, validation,
calibration or evaluation; each has a seed of its own) to OUT.txt, and the spans to OUT.recall.json.
Passages of all but plain also hold a list that is read out again; those of lessons hold nothing
else: a few words said again, at first of few words in all, later more. Passages are one paragraph
each, separated by a blank line. Python's standard library alone, no state outside the seed: the
same arguments give the same bytes.
"""
import argparse
import json
import pathlib
import random
import re

SEEDS = {"plain": 20261, "lessons": 20266, "train": 20265, "validation": 20262, "calibration": 20263,
         "evaluation": 20264}

WOMEN = """Ada Agnes Alma Anna Beth Clara Cora Dora Edith Ella Elsa Emma Eva Flora Greta Hanna Hazel
Hilda Ida Ines Iris Ivy Jane June Kate Lena Lily Lucy Mabel Mara Martha Mina Nell Nora Olga Pearl
Rosa Ruth Sara Tilda Vera Wilma""".split()
MEN = """Abel Adam Alan Albert Amos Anton Arthur Basil Ben Bruno Carl Cyril David Edgar Emil Felix Frank
George Gilbert Gus Henry Hugo Ivan Jack Jacob Jonas Karl Leo Louis Max Miles Ned Oscar Otto Owen Paul
Peter Ralph Simon Theo Tom Victor Walter""".split()
TRADES = """baker barber blacksmith bookseller butcher carpenter clockmaker cobbler cook dentist doctor
farmer ferryman fiddler fisherman gardener glazier grocer hatter judge locksmith mason miller miner nurse
painter poet porter potter printer sailor saddler shepherd surveyor tailor teacher thatcher weaver
""".split()
OBJECTS = """accordion axe basket bell blanket bottle box brush bucket candle chair clock coat compass cup
drum fiddle flute hammer harp hat helmet jar jug kettle key knife ladder lamp lantern letter map mirror mug
necklace needle parcel pipe pot purse ring rope saddle scarf scissors shovel spoon stool sword teapot
telescope trumpet umbrella vase violin whistle""".replace("scissors ", "").split()
LOOKS = """black blue brass broken bright brown clay copper crooked dusty golden green grey heavy little
narrow old painted purple red round rusty silver small striped tin white wooden yellow""".split()
TOWNS = """Ashford Barton Birchley Brackwater Coldharbour Dunmere Eastwick Fairholm Farley Glenmore
Greystone Harrow Highfield Holloway Kingsbridge Larkhill Longmoor Marlow Millbrook Netherby Northam Oakvale
Penrose Redcliff Rookwood Saltmarsh Southwell Stonebury Thornton Upton Westbourne Winterton Woodhurst
""".split()
SPOTS = """in the barn|in the cellar|in the attic|in the kitchen|in the garden|in the stable|in the chapel|in
the boathouse|in the library|in the workshop|in the pantry|in the greenhouse|in the tower|in the henhouse|in
the schoolroom|in the well|under the bridge|under the bed|under the bench|under the stairs|under the
floorboards|under the oak|under the cart|under the table|behind the oven|behind the mill|behind the door|behind
the curtain|behind the church|behind the bakery|behind the woodpile|behind the piano|on the shelf|on the
windowsill|on the roof|on the wall|on the pier|on the cupboard|beside the gate|beside the stove|beside the
fountain|beside the river|beside the beehives|beside the post office|near the orchard|near the lighthouse|near
the quarry|near the railway|near the pond|near the windmill""".replace("\n", " ").split("|")
WORDS = """acorn amber anchor apple badger barley beacon bramble butter button cherry cinnamon clover cobweb
comet copperhead cricket dragon eagle ember falcon feather fern ginger harvest heron honey ivory juniper kestrel
lavender lemon linen magpie marble meadow mustard nettle nutmeg otter pebble pepper plum quill rabbit raven
saffron sparrow thimble thistle velvet walnut willow winter""".split()
ANIMALS = """cat dog donkey duck ferret goat goose hen horse lamb mule owl parrot pig pony rabbit raven
sheep tortoise""".split()
PETS = """Biscuit Blossom Bramble Captain Clover Dusty Ginger Grumble Lucky Major Misty Patch Pebbles Pepper
Pickle Prince Puddle Rusty Smoky Snowball Sooty Thunder Tinker Toffee Whisker""".split()
FOODS = """apples barley beans bread butter cabbages carrots cheese cherries chestnuts cider cream eggs fish
flour ham honey jam leeks lentils milk mushrooms mustard nuts oats onions pears peas plums potatoes pumpkins
salt soup sugar tea turnips walnuts""".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = """January February March April May June July August September October November December
""".split()
FEELINGS = """angry anxious bored calm cheerful cold curious eager gloomy grateful hungry lonely nervous patient
pleased proud puzzled quiet restless sad sleepy thirsty tired worried""".split()
MANNERS = """briskly calmly carefully cheerfully coldly crossly eagerly firmly gently gravely happily kindly
loudly patiently proudly quickly quietly sadly shyly sleepily slowly softly sternly warmly""".split()
SEASONS = "spring summer autumn winter".split()
TIMES = """morning afternoon evening night noon dawn dusk midnight""".split()
WEATHERS = """cloudy cold dry foggy frosty gloomy grey hot mild misty rainy snowy still stormy sunny warm wet
windy""".split()

OPENINGS = [
    "It was a {weather} {time} in {town}.",
    "One {weather} {time} in {month}, the people of {town} were busy.",
    "In the {season} of that year {town} was a {look} place.",
    "This happened in {town} on a {weather} {day}.",
    "{town} lies a day's walk from {town2}, and little happens there.",
    "Everyone in {town} remembers that {weather} {day}.",
    "The market in {town} opened early on {day}.",
    "That {month} had been {weather}, even for {town}.",
    "A {weather} {day} began in {town}, and the streets were full.",
    "Long before the railway came to {town}, the road from {town2} was {weather} all {season}.",
    "There was no coach to {town2} that {day}, for the {season} had been {weather}.",
    "On a {weather} {day} in {month}, the bells of {town} rang for an hour.",
]
FILLERS = [
    "The wind turned, and the {time} grew {weather}.",
    "Rain fell on the roofs of {town} until {time}.",
    "A {look} cart rolled by with a load of {food}.",
    "Somewhere a {animal} called, and then it was quiet again.",
    "The smell of {food} and {food2} came from an open window.",
    "Nobody in {town} spoke of it before {time}.",
    "In {town} the price of {food} had gone up again.",
    "The {season} was {weather}, and the {food} came late that year.",
    "Two children ran past with a {animal} and a {look} {object}.",
    "By {time} the square was empty but for a {animal}.",
    "The {trade} next door was selling {food}.",
    "A {animal} slept {spot}, as it did every {day}.",
    "All the {food} had been sold by {time}.",
    "The sky over {town} was {weather} and low.",
    "They ate {food} with {food2} and talked about the {season}.",
    "A coach from {town} brought news and a sack of {food}.",
    "The church clock struck {hour}, a little late as always.",
    "On such a {weather} {time} nobody wanted to work.",
    "It would be {month} before the road to {town} was dry.",
    "Old people said that a {weather} {month} means a {weather2} {season}.",
]
PERSON_FILLERS = [
    "{n} felt {feeling} that {time}, but said nothing.",
    "{n} walked {manner} down to the river and back.",
    "{n} bought some {food} and ate it {spot}.",
    "\"What a {weather} {time},\" said {n} {manner}.",
    "{n} had not slept well, and {he} was {feeling}.",
    "{n} laughed, and then {he} was {feeling} again.",
    "For a while {n} talked {manner} about {food} and the {weather} {season}.",
    "{n} fed the {animal} and swept the yard.",
    "{n} sang {manner} while {he} peeled the {food}.",
    "\"I have never liked {food},\" said {n}.",
    "{n} looked out at the {weather} street and thought of {town}.",
    "{n} was too {feeling} to think about {food}.",
    "That {time} {n} cooked {food} with {food2}.",
    "{n} waited {hour} minutes, feeling {feeling}.",
    "\"In {month} I shall go to {town},\" said {n} {manner}, and nobody believed {him}.",
    "{n} mended a {look} {object} for a neighbour.",
]
HOURS = "two three four five six seven eight nine ten eleven twelve".split()
ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou])")
MARK = re.compile("\x01(\\w+)\x02([^\x03]*)\x03")


def recalled(kind, words):
    """The words, marked as fixed by what the passage said before."""
    return f"\x01{kind}\x02{words}\x03"


class Person:
    def __init__(self, name, woman):
        self.name = name
        self.he, self.him, self.his = ("she", "her", "her") if woman else ("he", "him", "his")


class World:
    """The people and things of one passage, none of them named twice."""

    def __init__(self, rng):
        self.rng = rng
        self.used = set()
        self.cast = []
        for _ in range(rng.randint(3, 4)):
            woman = rng.random() < 0.5
            self.cast.append(Person(self.unused(WOMEN if woman else MEN), woman))
        self.home = self.unused(TOWNS)
        self.owners = set()

    def unused(self, pool):
        while True:
            word = self.rng.choice(pool)
            if word not in self.used:
                self.used.add(word)
                return word

    def thing(self):
        return f"{self.unused(LOOKS)} {self.unused(OBJECTS)}"

    def people(self, count):
        return self.rng.sample(self.cast, count)

    def pick(self, *sentences):
        return self.rng.choice(sentences)

    def fill(self, template):
        choose = self.rng.choice
        food, food2 = self.rng.sample(FOODS, 2)
        weather, weather2 = self.rng.sample(WEATHERS, 2)
        person = choose(self.cast)
        spot = choose([s for s in SPOTS if s not in self.used])
        return template.format(
            weather=weather, weather2=weather2, time=choose(TIMES), town=self.home,
            town2=choose([t for t in TOWNS if t not in self.used]), month=choose(MONTHS),
            season=choose(SEASONS), look=choose([w for w in LOOKS if w not in self.used]),
            object=choose([w for w in OBJECTS if w not in self.used]), day=choose(DAYS), food=food,
            food2=food2, animal=choose([a for a in ANIMALS if a not in self.used]),
            trade=choose([t for t in TRADES if t not in self.used]), spot=spot, hour=choose(HOURS),
            feeling=choose(FEELINGS), manner=choose(MANNERS), n=person.name, he=person.he,
            him=person.him)


# Each thread returns what is told, what changes it (may be empty), and a function that asks of it.


def owner_thread(w):
    a, b = w.people(2)
    while a in w.owners:
        a, b = w.people(2)
    thing = w.thing()
    told = w.pick(
        f"{a.name} had a {thing}.",
        f"{a.name} owned a {thing} and was proud of it.",
        f"The {thing} belonged to {a.name}.",
        f"{a.name} came with a {thing} in {a.his} arms.",
        f"{a.name} had bought a {thing} at the fair.",
        f"Years ago {a.name} was given a {thing} by {a.his} uncle.",
        f"\"This {thing} is mine,\" said {a.name}.")
    change, holder = [], a
    if w.rng.random() < 0.4 and b not in w.owners:
        holder = b
        change.append(w.pick(
            f"Then {a.name} gave the {recalled('object', thing)} to {b.name}.",
            f"{b.name} bought the {thing} from {recalled('owner', a.name)}.",
            f"{a.name} lost at cards, and {a.his} {recalled('object', thing)} went to {b.name}.",
            f"\"Keep the {thing},\" said {recalled('owner', a.name)} to {b.name}."))
    w.owners |= {a, holder}
    o, t = recalled("owner", holder.name), recalled("object", thing)
    return [told], change, lambda: [w.pick(
        f"Who had the {thing} now? It was {o}.",
        f"{holder.name} still had the {t}.",
        f"The {thing} was with {o}.",
        f"In the end {holder.name} was left with the {t}.",
        f"When they asked for the {thing}, they had to ask {o}.",
        f"\"Whose is the {thing}?\" asked a stranger. \"It belongs to {o},\" they said.",
        f"{holder.name} went home with the {t} under {holder.his} arm.",
        f"Of all of them only {o} had the {thing}.")]


def place_thread(w):
    a, b = w.people(2)
    thing, spot = w.thing(), w.unused(SPOTS)
    preposition, _, place = spot.partition(" the ")
    told = w.pick(
        f"{a.name} left the {thing} {spot}.",
        f"{a.name} had hidden the {thing} {spot}.",
        f"The {thing} was {spot}, where {a.name} had put it.",
        f"Before lunch {a.name} put the {thing} {spot} and forgot about it.",
        f"{b.name} saw {a.name} put the {thing} {spot}.",
        f"\"I will leave the {thing} {spot},\" said {a.name}.")
    change = []
    if w.rng.random() < 0.3:
        spot = w.unused(SPOTS)
        new_preposition, _, new_place = spot.partition(" the ")
        change.append(w.pick(
            f"{b.name} found the {thing} {preposition} the {recalled('place', place)} and moved it "
            f"{spot}.",
            f"But it could not stay {preposition} the {recalled('place', place)}, so {b.name} "
            f"carried the {thing} away and left it {spot}."))
        preposition, place = new_preposition, new_place
    p = f"{recalled('place', f'{preposition} the {place}')}"
    t = recalled("object", thing)
    return [told], change, lambda: [w.pick(
        f"\"Where is the {thing}?\" asked {b.name}. \"It is {p},\" said {a.name}.",
        f"The {thing} was still {p}.",
        f"They looked {preposition} the {place} and there was the {t}.",
        f"{b.name} went to look for the {thing} and found it {p}.",
        f"At last somebody remembered that the {thing} was {p}.",
        f"Nobody had touched what lay {preposition} the {place}: it was the {t}.")]


def number_thread(w):
    a, b = w.people(2)
    number = str(w.rng.randint(100, 9999))
    what = w.unused(["ticket", "locker", "house", "parcel office", "account", "wagon", "room",
                     "lottery", "bill", "form"])
    n = recalled("number", number)
    told = w.pick(
        f"{a.name} wrote down the {what} number, {number}.",
        f"\"The {what} number is {number},\" {a.name} told {b.name}.",
        f"On a slip of paper stood the {what} number {number}, and {a.name} read it twice.",
        f"{a.name} had to remember the {what} number: {number}.",
        f"The {what} had the number {number}, as {a.name} knew.")
    return [told], [], lambda: [w.pick(
        f"At the end {a.name} read the {what} number out again: {n}.",
        f"\"What was the {what} number?\" asked {b.name}. \"{n},\" said {a.name}.",
        f"{b.name} asked for the {what} number, and it was {n}.",
        f"The {what} number, they all agreed, was {n}.",
        f"Before leaving {a.name} said the {what} number once more: {n}.",
        f"\"{n},\" said {a.name}, when the clerk asked for the {what} number.")]


def meeting_thread(w):
    a, b = w.people(2)
    town = w.unused(TOWNS)
    day = w.rng.choice(DAYS)
    told = w.pick(
        f"On {day} {a.name} had met {b.name} in {town}.",
        f"{a.name} met {b.name} on the road to {town}.",
        f"It was in {town} that {a.name} first met {b.name}.",
        f"{a.name} and {b.name} had met in {town} the year before.")
    x, y, p = recalled("person", a.name), recalled("person", b.name), recalled("town", town)
    return [told], [], lambda: [w.pick(
        f"{a.name} often spoke of {p}, where {a.he} had met {y}.",
        f"\"Do you remember {p}?\" {a.name} asked {y}.",
        f"\"Whom did you meet in {town}, {a.name}?\" \"I met {y} there.\"",
        f"Of {town} {b.name} remembered only one thing: there {b.he} had met {x}.",
        f"The meeting in {town} was never forgotten by {a.name} or by {y}.")]


def password_thread(w):
    a, b = w.people(2)
    word = w.unused(WORDS)
    p = recalled("word", word)
    told = w.pick(
        f"The password for the gate was \"{word}\", and only {a.name} knew it.",
        f"{a.name} whispered the secret word, \"{word}\", to {b.name}.",
        f"\"Say {word} at the gate,\" {a.name} told {b.name}.",
        f"That week the secret word was \"{word}\".")
    return [told], [], lambda: [w.pick(
        f"At the gate {b.name} said the secret word: \"{p}\".",
        f"\"The password?\" asked the guard. \"{p},\" said {b.name}.",
        f"{b.name} had to think before the secret word came back: \"{p}\".",
        f"The gate opened only when {a.name} called out \"{p}\".",
        f"On the wall somebody had written the secret word, \"{p}\".")]


def trade_thread(w):
    a, b = w.people(2)
    trade, trade2 = w.unused(TRADES), w.unused(TRADES)
    told = w.pick(
        f"{a.name} was a {trade}, and {b.name} a {trade2}.",
        f"{a.name} the {trade} and {b.name} the {trade2} were old friends.",
        f"{a.name} worked as a {trade}; {b.name} was the {trade2} of {w.home}.",
        f"Since last {w.rng.choice(MONTHS)} {a.name} had been the {trade} and {b.name} the {trade2}.")
    x, y = recalled("person", a.name), recalled("person", b.name)
    t, t2 = recalled("trade", trade), recalled("trade", trade2)
    return [told], [], lambda: [w.pick(
        f"\"A {trade} must be patient,\" said {x}.",
        f"The {trade2} of the town was {y}.",
        f"People who needed a {trade} went to {x}.",
        f"{a.name} went back to {a.his} work as a {t}."),
        w.pick(
        f"\"I am a {t2},\" said {b.name}, \"and I know my work.\"",
        f"The {trade}, {x}, shook hands with the {trade2}, {y}.",
        f"No other {trade2} was as good as {y}.",
        f"They needed a {trade2}, so they sent for {y}.")]


def pet_thread(w):
    a, b = w.people(2)
    animal, pet = w.unused(ANIMALS), w.unused(PETS)
    told = w.pick(
        f"{a.name} kept a {animal} called {pet}.",
        f"{a.name}'s {animal} was named {pet}.",
        f"With {a.name} came {a.his} {animal}, {pet}.",
        f"{a.name} had found a {animal} in the road and called it {pet}.")
    p, an, x = recalled("pet", pet), recalled("animal", animal), recalled("owner", a.name)
    return [told], [], lambda: [w.pick(
        f"\"Where is my {animal}?\" called {a.name}. \"Come here, {p}!\"",
        f"{b.name} gave some bread to the {animal}, {p}.",
        f"{pet} was a good {an}, and it followed {x} everywhere.",
        f"Late that night {pet} the {an} came home to {x}.",
        f"Nobody loved {pet} more than {x} did.",
        f"{b.name} stroked the {an}. \"Good {p},\" {b.he} said.")]


def journey_thread(w):
    a, b = w.people(2)
    town, day = w.unused(TOWNS), w.unused(DAYS)
    told = w.pick(
        f"{a.name} wanted to travel to {town} on {day}.",
        f"\"On {day} I leave for {town},\" said {a.name}.",
        f"{a.name} was to take the {day} coach to {town}.",
        f"There was a letter for {a.name}: {a.he} must be in {town} by {day}.")
    p, d = recalled("town", town), recalled("day", day)
    return [told], [], lambda: [w.pick(
        f"{a.name} packed {a.his} bag for {p}.",
        f"On {day} {a.name} set out for {p}.",
        f"\"When do you leave for {town}?\" asked {b.name}. \"On {d},\" said {a.name}.",
        f"{b.name} wished {a.name} a good journey to {p}.",
        f"{a.name} counted the days until {d}.",
        f"\"You will like {p},\" said {b.name}, and {a.name} smiled.")]


def goods_thread(w):
    a, b = w.people(2)
    count, food = w.rng.randint(12, 99), w.unused(FOODS)
    coins = w.rng.choice(HOURS)
    told = w.pick(
        f"{a.name} ordered {count} pounds of {food} from {b.name} for {coins} coins.",
        f"{b.name} promised {a.name} {count} sacks of {food} and asked {coins} coins for them.",
        f"\"I need {count} baskets of {food},\" said {a.name}. \"That is {coins} coins,\" said {b.name}.")
    f, c, y = recalled("goods", food), recalled("number", str(count)), recalled("person", b.name)
    m = recalled("price", coins)
    return [told], [], lambda: [w.pick(
        f"{a.name} paid {m} coins for the {f}.",
        f"All the {f} came on one cart, and {a.name} counted {c}.",
        f"\"{recalled('price', coins.capitalize())} coins,\" said {b.name}, \"as we agreed, for {c} of {f}.\"",
        f"{a.name} got the {food} from {y} and paid {m} coins.")]


THREADS = [owner_thread, owner_thread, place_thread, place_thread, number_thread, meeting_thread,
           password_thread, trade_thread, pet_thread, journey_thread, goods_thread]


def entries(w):
    """A list of four to seven entries as (key, words between, value); key and value are unique."""
    form = w.rng.randrange(6)
    rows = []
    for _ in range(w.rng.randint(4, 7)):
        name = w.unused(w.rng.choice((WOMEN, MEN)))
        if form == 0:
            rows.append((name, " has the ", w.thing()))
        elif form == 1:
            rows.append((f"the {w.thing()}", " is ", w.unused(SPOTS)))
        elif form == 2:
            rows.append((name, ", number ", str(w.rng.randint(100, 9999))))
        elif form == 3:
            rows.append((f"{name} the {w.unused(TRADES)}", " comes from ", w.unused(TOWNS)))
        elif form == 4:
            rows.append((name, " brings ", f"{w.rng.choice(HOURS)} baskets of {w.unused(FOODS)}"))
        else:
            rows.append((name, " sleeps ", w.unused(SPOTS)))
    return rows


def recital(w):
    """A list told, and the sentences that read it out again, in its order or in another one."""
    rows = entries(w)
    writer = w.rng.choice(w.cast).name
    told = w.pick(
        f"{writer} wrote a list: ", "The clerk made a list: ", f"This is what {writer} noted: ",
        "On the board stood the following: ", f"\"Listen,\" said {writer}. \"")
    quote = "\"" if told.endswith("\"") else ""
    told += "; ".join(key + between + value for key, between, value in rows) + "." + quote
    again = [w.pick(
        "Then the clerk read it all out again: ", f"{writer} read the list out once more: ",
        "At the end they all repeated it: ", "So it was, word for word: ",
        "When it was time, the list was read again: ")
        + "; ".join(recalled("list", key + between + value) for key, between, value in rows) + "."]
    if w.rng.random() < 0.9:
        w.rng.shuffle(rows)
        again.append(w.pick(
            "In another order it was the same: ", "And from memory: ",
            f"{w.rng.choice(w.cast).name} still knew it all: ", "Somebody mixed it up a little: ")
            + "; ".join(key + between + recalled("entry", value) for key, between, value in rows)
            + ".")
    return told, again


def passage(rng, lists):
    """One passage, with or without a list that is read out again: its text and its recalled spans
    as (start, end, kind) in characters."""
    w = World(rng)
    told, changes, asked = [], [], []
    for thread in rng.sample(THREADS, rng.randint(2, 3) if lists else rng.randint(3, 6)):
        t, c, ask = thread(w)
        told += t
        changes += c
        for _ in range(rng.choice((1, 1, 2, 2, 3))):
            asked += [s for s in ask() if s not in asked]
    for part in (told, changes, asked):
        rng.shuffle(part)
    sentences = [w.fill(rng.choice(OPENINGS))]
    again = []
    if lists:
        listed, again = recital(w)
        sentences.append(listed)
    for part, fillers in ((told, 0.35), (changes, 0.3), (asked, 0.35)):
        for sentence in part:
            sentences.append(sentence)
            if rng.random() < fillers:
                sentences.append(w.fill(rng.choice(rng.choice((FILLERS, PERSON_FILLERS)))))
        if part is told:
            for _ in range(rng.randint(0, 3)):
                sentences.append(w.fill(rng.choice(rng.choice((FILLERS, PERSON_FILLERS)))))
        if part is changes:
            sentences += again[:1]
    sentences += again[1:]
    return without_marks(ARTICLE.sub(r"\1n ", " ".join(sentences)))


def without_marks(marked):
    """The text, and its recalled spans as (start, end, kind) in characters."""
    text, spans, last = "", [], 0
    for m in MARK.finditer(marked):
        text += marked[last:m.start()]
        spans.append((len(text), len(text) + len(m.group(2)), m.group(1)))
        text += m.group(2)
        last = m.end()
    return text + marked[last:], spans


LESSON_WORDS = sorted({word for pool in (WOMEN, MEN, TRADES, OBJECTS, LOOKS, TOWNS, WORDS, ANIMALS,
                                        PETS, FOODS, FEELINGS, MANNERS) for word in pool})
random.Random(SEEDS["lessons"]).shuffle(LESSON_WORDS)
FEWEST_WORDS = 16
EASY_BYTES, HARDER_BYTES = 2_964_000, 3_040_000


def lesson(rng, hardness):
    """Words that a class says again, as a round or as pairs in another order. `hardness`, 0 to 1,
    widens the choice of words and lengthens the lines."""
    def between(easy, hard):
        return round(easy + (hard - easy) * hardness)

    words = LESSON_WORDS[:round(FEWEST_WORDS * (len(LESSON_WORDS) / FEWEST_WORDS) ** hardness)]
    if rng.random() < 0.5:
        line = rng.sample(words, rng.randint(between(3, 6), between(6, 20)))
        parts = [rng.choice(("The words were: ", "Listen: ", "The teacher said: "))
                 + " ".join(line) + "."]
        for _ in range(rng.randint(2, 3)):
            start = rng.randrange(len(line))
            line = line[start:] + line[:start]
            parts.append(rng.choice(("Again: ", "Once more: ", "The children said: ")) + line[0]
                         + " " + recalled("list", " ".join(line[1:])) + ".")
    else:
        chosen = rng.sample(words, 2 * rng.randint(between(2, 4), between(4, 10)))
        rows = list(zip(chosen[::2], chosen[1::2]))
        parts = [rng.choice(("The pairs were: ", "Two and two: "))
                 + ", ".join(f"{key} {value}" for key, value in rows) + "."]
        for _ in range(rng.randint(2, 3)):
            rng.shuffle(rows)
            parts.append(rng.choice(("Again: ", "Mixed: ", "From memory: "))
                         + ", ".join(f"{key} {recalled('entry', value)}" for key, value in rows)
                         + ".")
    return without_marks(" ".join(parts))


def generate(split, size):
    """Text of at least `size` bytes, and its recalled spans. All of it is ASCII: bytes = characters.
    Lessons are easy for the first EASY_BYTES; the hardest of them become harder over the next
    HARDER_BYTES."""
    rng = random.Random(SEEDS[split])
    parts, spans, offset = [], [], 0
    while offset < size:
        if split == "lessons":
            hardest = min(1.0, max(0.0, (offset - EASY_BYTES) / HARDER_BYTES))
            text, marks = lesson(rng, rng.random() * hardest)
        else:
            text, marks = passage(rng, split != "plain")
        parts.append(text)
        spans += [(s + offset, e + offset, kind) for s, e, kind in marks]
        offset += len(text) + 2
    text = "\n\n".join(parts) + "\n"
    assert text.isascii()
    return text, spans


def write(split, size, path):
    path = pathlib.Path(path)
    text, spans = generate(split, size)
    path.write_bytes(text.encode())
    sidecar = {"text": path.name, "bytes": len(text), "seed": SEEDS[split],
               "spans": [[s, e] for s, e, _ in spans], "kinds": [kind for _, _, kind in spans]}
    path.with_suffix(".recall.json").write_text(json.dumps(sidecar, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("split", choices=sorted(SEEDS))
    parser.add_argument("bytes", type=int)
    parser.add_argument("out")
    arguments = parser.parse_args()
    write(arguments.split, arguments.bytes, arguments.out)
