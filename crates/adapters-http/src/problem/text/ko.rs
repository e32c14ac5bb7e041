//! Korean.

use std::borrow::Cow;

use domain::reservation::ReservationStatus;
use domain::{CancelReason, ExpiryReason};

use crate::problem::{Code, Explanation};

/// Returns the title of `code`, if it is a problem of buyers.
pub(super) const fn title(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::ValidationFailed => "입력하신 내용을 확인해 주세요",
        Code::Unauthenticated => "로그인이 필요합니다",
        Code::SessionEnded => "로그아웃되었습니다",
        Code::LoginCodeNotValid => "로그인 링크가 유효하지 않습니다",
        Code::Forbidden => "이용 권한이 없습니다",
        Code::NotFound => "찾을 수 없습니다",
        Code::QueueTokenRequired => "대기열에 먼저 참여해 주세요",
        Code::QueueTokenNotActive => "아직 입장 순서가 아닙니다",
        Code::QueueTokenMismatch => "이 공연의 대기 순번이 아닙니다",
        Code::QueueTokenExpired => "입장 시간이 종료되었습니다",
        Code::QueueClosed => "대기열이 마감되었습니다",
        Code::QueueFull => "대기 인원이 가득 찼습니다",
        Code::SaleNotOpen => "예매 가능 시간이 아닙니다",
        Code::ScheduleCancelled => "취소된 공연입니다",
        Code::SeatUnavailable => "이미 선택된 좌석입니다",
        Code::TicketUsed => "이미 사용된 티켓입니다",
        Code::NoAdjacentSeats => "조건에 맞는 좌석이 없습니다",
        Code::SeatLimitExceeded => "예매 가능 매수를 초과했습니다",
        Code::HoldExists => "이미 선점한 좌석이 있습니다",
        Code::ReservationExpired => "결제 시간이 지났습니다",
        Code::ReservationNotPayable => "결제할 수 없는 예매입니다",
        Code::InsufficientBalance => "잔액이 부족합니다",
        Code::WalletLimitExceeded => "지갑 한도를 초과했습니다",
        Code::InvalidState => "지금은 처리할 수 없습니다",
        Code::RateLimited => "요청이 너무 많습니다",
        Code::Overloaded => "접속자가 많아 처리가 지연되고 있습니다",
        Code::Unavailable => "처리 결과를 확인하지 못했습니다",
        Code::Internal => "오류가 발생했습니다",
        Code::MalformedRequest
        | Code::MalformedJson
        | Code::IdempotencyKeyRequired
        | Code::TicketNotValid
        | Code::CrossSiteRequest
        | Code::IdempotencyKeyReused
        | Code::InvalidCursor
        | Code::MethodNotAllowed
        | Code::NotAcceptable
        | Code::RequestTimeout
        | Code::AlreadyExists
        | Code::PreconditionFailed
        | Code::PreconditionRequired
        | Code::EventsGone
        | Code::PayloadTooLarge
        | Code::UnsupportedMediaType
        | Code::HeadersTooLarge => return None,
    })
}

/// Returns the text of an explanation.
pub(super) fn detail(explanation: &Explanation) -> Cow<'static, str> {
    match explanation {
        Explanation::NotSignedIn => "로그인 후 이용해 주세요.".into(),
        Explanation::SignInEnded => "로그인 정보가 올바르지 않거나 만료되었습니다. 다시 로그인해 주세요.".into(),
        Explanation::LoginCodeNotValid => "로그인 링크가 만료되었거나 이미 사용되었습니다. 다시 로그인해 주세요.".into(),
        Explanation::RegistrationClosed => "현재 신규 회원 가입을 받지 않습니다.".into(),
        Explanation::ChargeForbidden => "이 지갑은 주최 측 담당자만 충전할 수 있습니다.".into(),
        Explanation::NotFound => "요청하신 정보가 없거나 다른 회원의 정보입니다.".into(),
        Explanation::NotQueued => "먼저 이 공연의 대기열에 참여해 주세요.".into(),
        Explanation::Waiting { position: Some(position) } => format!("현재 대기 순서는 {position}번째입니다. 잠시만 기다려 주세요.").into(),
        Explanation::Waiting { position: None } => "현재 대기 중입니다. 잠시만 기다려 주세요.".into(),
        Explanation::OtherQueue => "다른 회원 또는 다른 공연의 대기 순번입니다. 이 공연의 대기열에 참여해 주세요.".into(),
        Explanation::TurnEnded(reason) => turn_ended(*reason).into(),
        Explanation::QueueClosed => "더 이상 대기열에 참여할 수 없습니다.".into(),
        Explanation::QueueFull => "대기 인원이 많습니다. 잠시 후 다시 시도해 주세요.".into(),
        Explanation::SaleNotOpen => "선택하신 회차는 현재 예매할 수 없습니다.".into(),
        Explanation::ScheduleCancelled { reason: Some(reason) } => format!("이 공연은 취소되었습니다. 사유: {reason}").into(),
        Explanation::ScheduleCancelled { reason: None } => "이 공연은 취소되었습니다.".into(),
        Explanation::UnknownSeats => "선택하신 회차에 없는 좌석입니다. 좌석을 다시 선택해 주세요.".into(),
        Explanation::SeatsUnavailable { seats: 0 | 1 } => {
            "선택하신 좌석은 이미 선택되었거나 판매된 좌석입니다. 다른 좌석을 선택해 주세요.".into()
        }
        Explanation::SeatsUnavailable { seats } => {
            format!("선택하신 좌석 중 {seats}석은 이미 선택되었거나 판매된 좌석입니다. 다른 좌석을 선택해 주세요.").into()
        }
        Explanation::NoAdjacentSeats => {
            "원하시는 조건의 좌석이 남아 있지 않습니다. 매수를 줄이거나 다른 등급 또는 떨어진 좌석을 선택해 주세요.".into()
        }
        Explanation::SeatLimitExceeded { limit, owned: 0 } => format!("이 공연은 1인당 최대 {limit}매까지 예매할 수 있습니다.").into(),
        Explanation::SeatLimitExceeded { limit, owned } => {
            format!("이 공연은 1인당 최대 {limit}매까지 예매할 수 있으며, 이미 {owned}매를 선점하거나 예매하셨습니다.").into()
        }
        Explanation::HoldExists => "이미 선점한 좌석이 있습니다. 결제하거나 좌석을 변경 또는 취소한 후 다시 선택해 주세요.".into(),
        Explanation::TotalTooHigh { limit } => {
            format!("선택하신 좌석의 총금액이 지갑 한도({})를 초과합니다. 좌석 수를 줄여 주세요.", limit.korean()).into()
        }
        Explanation::ReservationExpired => "시간 내에 결제되지 않아 좌석 선점이 해제되었습니다. 결제된 금액은 없습니다.".into(),
        Explanation::NotHeld(status) => not_held(*status).into(),
        Explanation::AlreadyRefunded => "이미 환불된 결제입니다.".into(),
        Explanation::ShowStarted => "공연이 시작된 후에는 환불할 수 없습니다.".into(),
        Explanation::AmountChanged { due } => format!("결제하실 금액은 {}입니다. 결제된 금액은 없습니다.", due.korean()).into(),
        Explanation::ChargeOutOfRange { max } => format!("한 번에 최대 {}까지 충전할 수 있습니다.", max.korean()).into(),
        Explanation::InsufficientBalance { balance, required } => {
            format!("현재 잔액은 {}, 결제 금액은 {}입니다. 지갑을 충전한 후 다시 결제해 주세요.", balance.korean(), required.korean())
                .into()
        }
        Explanation::BalanceTooHigh { balance, limit } => {
            format!("지갑에는 최대 {}까지 보유할 수 있습니다. 현재 잔액은 {}입니다.", limit.korean(), balance.korean()).into()
        }
        Explanation::TooManyRequests => "요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.".into(),
        Explanation::Overloaded => "변경된 내용은 없습니다. 잠시 후 다시 시도해 주세요.".into(),
        Explanation::Unavailable => "요청이 처리되었는지 아직 확인할 수 없습니다. 다시 시도하셔도 중복으로 처리되지 않습니다.".into(),
        Explanation::Internal => "서비스에 문제가 발생했습니다. 고객센터로 문의해 주세요.".into(),
    }
}

const fn turn_ended(reason: ExpiryReason) -> &'static str {
    match reason {
        ExpiryReason::Paid => "예매가 완료되었습니다. 추가로 예매하시려면 대기열에 다시 참여해 주세요.",
        ExpiryReason::TimedOut => "예매 가능 시간이 지났습니다. 대기열에 다시 참여해 주세요.",
        ExpiryReason::Unclaimed => "입장 시간 내에 입장하지 않아 순서가 지나갔습니다. 대기열에 다시 참여해 주세요.",
        ExpiryReason::Left => "대기열에서 나가셨습니다. 예매하시려면 대기열에 다시 참여해 주세요.",
    }
}

const fn not_held(status: ReservationStatus) -> &'static str {
    match status {
        ReservationStatus::Held => "고객님께서 선점 중인 좌석입니다.",
        ReservationStatus::Confirmed => "이미 결제가 완료된 예매입니다. 취소하시려면 환불을 신청해 주세요.",
        ReservationStatus::Cancelled(CancelReason::Expired) => "시간 내에 결제되지 않아 취소된 예매입니다.",
        ReservationStatus::Cancelled(CancelReason::Released) => "선점을 취소하신 좌석입니다.",
        ReservationStatus::Cancelled(CancelReason::Refunded) => "이미 환불된 예매입니다.",
    }
}
