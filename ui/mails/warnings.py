"""What a mail says when it warns somebody that how they sign in was changed."""

from dataclasses import dataclass

from models.enums import AccountChange

NOTHING_LEFT = "If it was you, there is nothing left to do."
STAY = "Browsers that are signed in stay so; Account lists them."


@dataclass(frozen=True, slots=True)
class Warned:
    """`fact` names the moment in the table of facts, `glance` in the preview of a mailbox."""

    subject: str
    heading: str
    lead: str = f"{NOTHING_LEFT} {STAY}"
    fact: str = "Changed on"

    @property
    def glance(self) -> str:
        return self.fact


WARNINGS = {
    AccountChange.PASSWORD: Warned(
        "Your Tallystick password was changed", "Your password was changed", NOTHING_LEFT
    ),
    AccountChange.APP_ADDED: Warned(
        "An authenticator app was set up for Tallystick",
        "An authenticator app was set up",
        f"From now on its codes are asked for after your password. {NOTHING_LEFT} {STAY}",
        "Set up on",
    ),
    AccountChange.APP_REMOVED: Warned(
        "Your authenticator app was removed from Tallystick",
        "Your authenticator app was removed",
        f"Its codes are not asked for any more. {NOTHING_LEFT} {STAY}",
        "Removed on",
    ),
    AccountChange.RECOVERY_RENEWED: Warned(
        "You have new recovery codes for Tallystick",
        "New recovery codes were made",
        f"The earlier ones work no more. {NOTHING_LEFT} {STAY}",
        "Made on",
    ),
    AccountChange.RECOVERY_USED: Warned(
        "A recovery code was used for Tallystick",
        "A recovery code was used",
        f"Somebody proved with it to be you; it works no more. {NOTHING_LEFT}",
        "Used on",
    ),
    AccountChange.FACTORS_REMOVED: Warned(
        "Your second factor was removed from Tallystick",
        "Your second factor was removed",
        "Whoever runs this installation removed it; you are signed out everywhere. From now on "
        "your password is enough to sign in. Set up a new one under Account.",
        "Removed on",
    ),
    AccountChange.PASSKEY_ADDED: Warned(
        "A passkey was added to your Tallystick account",
        "A passkey was added",
        f"It signs you in without a password. {NOTHING_LEFT} {STAY}",
        "Added on",
    ),
    AccountChange.PASSKEY_REMOVED: Warned(
        "A passkey was removed from your Tallystick account",
        "A passkey was removed",
        f"It signs nobody in any more. {NOTHING_LEFT} {STAY}",
        "Removed on",
    ),
    AccountChange.PASSKEY_COPIED: Warned(
        "A passkey of your Tallystick account may have been copied",
        "A passkey may have been copied",
        "A sign-in with it was refused: it counted less than the time before, as a copy of it "
        "would. Remove that passkey under Account.",
        "Refused on",
    ),
    AccountChange.PASSWORD_KNOWN: Warned(
        "Somebody has your Tallystick password",
        "Somebody has your password",
        "It was right, and the second factor after it was wrong five times in a row. Nobody got "
        "in with that. Was it you, there is nothing left to do.",
        "Last tried on",
    ),
}
