"""What people say at the telephone, as sentences a grammar listens for; English only.

Every sentence here is one the program understands: a test reads each and asks for its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping

YES = (
    "yes", "yeah", "yep", "yes i do", "yes i have", "yes i did", "yes i am", "yes it is",
    "yes please", "yes that's right", "that's right", "that's correct", "correct", "i do",
    "i have", "i did", "yes i took them", "yes i took them all", "yes i have taken them all",
    "of course", "yes sir", "yes ma'am", "yes this is", "yes speaking",
)  # fmt: skip
NO = (
    "no", "nope", "no i don't", "no i haven't", "no i didn't", "no it isn't", "no i'm not",
    "i don't", "i haven't", "i didn't", "not at all", "no not at all", "no thank you", "none",
    "no none", "never", "no never", "nothing", "no nothing", "not today", "no not today",
    "no ma'am", "no sir", "i have not", "no i have not", "no i do not",
)  # fmt: skip
UNSURE = (
    "i don't know", "i'm not sure", "maybe", "sometimes", "a little", "not really", "i think so",
    "i guess so", "what", "pardon me", "say that again please", "hold on", "one moment please",
    "hello", "thank you", "okay", "can you hear me", "wait a minute",
)  # fmt: skip
"""Answers that are none; without them a grammar would hear a yes or a no instead."""
PERSON = (
    "i want to talk to a nurse", "i want to talk to a person", "i want to speak to a nurse",
    "i want to speak to a person", "let me talk to a nurse", "can i talk to a nurse",
    "can i speak to someone", "i need a nurse", "i need to talk to a nurse", "get me a nurse",
    "get me a person", "i want a real person", "operator", "a real person please",
    "can i talk to a real person", "please connect me to a nurse",
    "i would like to talk to someone",
)  # fmt: skip
OPT_OUT = (
    "stop calling me", "don't call me again", "please stop calling", "do not call me any more",
    "take me off your list", "never call me again",
)  # fmt: skip
SYMPTOMS: Mapping[str, tuple[str, ...]] = {
    "chest_pain": (
        "i have chest pain", "i'm having chest pain", "chest pain", "my chest hurts",
        "my chest is hurting", "i have pain in my chest", "i have a pain in my chest",
        "there is pressure on my chest", "i feel pressure in my chest", "my chest feels tight",
        "my chest feels heavy", "i have tightness in my chest", "i think it's a heart attack",
        "i'm having a heart attack", "i have had chest pain since this morning",
    ),
    "breathless": (
        "i can't breathe", "i can't catch my breath", "i'm short of breath",
        "i am very short of breath", "i have trouble breathing", "it is hard to breathe",
        "it's hard to breathe", "i have shortness of breath", "i am out of breath",
        "i can hardly breathe", "i can barely breathe", "i have difficulty breathing",
    ),
    "fainting": (
        "i fainted", "i passed out", "i blacked out", "i almost fainted", "i fainted this morning",
        "i passed out yesterday", "i lost consciousness", "i nearly passed out",
    ),
    "confusion": (
        "i am confused", "i'm so confused", "i feel confused", "i feel very confused",
        "i've been confused", "i don't know where i am",
    ),
    "stroke_signs": (
        "my face is drooping", "my arm is weak", "my arm is numb", "my left arm is numb",
        "my left arm went numb", "my right arm is weak", "my leg is numb", "i can't move my arm",
        "i can't move my leg", "i can't speak", "i can't see", "i think i'm having a stroke",
        "one side of my face is numb",
    ),
    "self_harm": (
        "i want to die", "i want to kill myself", "i want to hurt myself",
        "i don't want to live anymore", "i want to end my life", "i'd be better off dead",
        "i think about killing myself",
    ),
    "fall_injury": (
        "i fell and hit my head", "i fell down and hurt my hip", "i fell and hurt my hip",
        "i fell and can't get up", "i hit my head", "i fell and broke my arm", "i broke my hip",
    ),
    "allergic_swelling": (
        "my tongue is swelling", "my lips are swollen", "my throat is closing",
        "my face is swelling", "my face is swollen", "my tongue is swollen",
        "i have an allergic reaction", "my throat is swelling",
    ),
    "coughing_blood": (
        "i am coughing up blood", "i coughed up blood", "i'm spitting blood",
        "i'm throwing up blood",
    ),
    "pink_froth": ("i cough up pink foam", "i'm coughing up pink foam",
                   "there is pink foamy mucus"),
    "emergency": ("help me", "please help me", "call nine one one", "call an ambulance",
                  "this is an emergency", "i need an ambulance"),
    "swelling": (
        "my ankles are swollen", "my legs are swollen", "my feet are swollen",
        "i have more swelling", "my feet are swelling", "my legs are swelling",
        "there is swelling in my legs", "i have swelling in my feet",
    ),
    "dizziness": (
        "i am dizzy", "i feel dizzy", "i get dizzy", "i've been dizzy", "i have been dizzy",
        "i feel lightheaded", "i've been very dizzy", "i get dizzy when i stand up",
    ),
    "vomiting": (
        "i've been vomiting", "i am vomiting", "i keep throwing up", "i threw up",
        "i have been throwing up",
    ),
}  # fmt: skip
"""By the symptom they say; names as in the symptoms of wellness calls."""
DENIED = (
    "no chest pain", "no pain", "i don't have any chest pain", "no shortness of breath",
    "i'm not short of breath", "no swelling", "i have no swelling", "no dizziness", "i'm not dizzy",
    "no i feel fine", "i feel fine", "i'm fine", "i feel good", "i'm okay",
)  # fmt: skip
"""What sounds like a symptom and is none."""
BEFORE_NUMBERS = (
    "it was", "it's", "it is", "it says", "it shows", "it said", "my blood pressure is",
    "my blood pressure was", "my pressure is", "my weight is", "my weight was", "i weigh",
    "i weighed", "my sugar is", "my sugar was", "my blood sugar is", "my blood sugar was",
    "my oxygen is", "my oxygen was", "my oxygen level is", "the reading is", "the reading was",
    "i was born in", "today it was", "this morning it was", "um", "well",
)  # fmt: skip
AFTER_NUMBERS = ("today", "this morning", "pounds", "percent", "pounds today", "kilos",
                 "pounds this morning", "percent this morning", "percent today")  # fmt: skip
BEFORE_OPTIONS = ("", "i feel", "i have", "i am", "i'm", "yes", "some", "it is", "a", "more")
